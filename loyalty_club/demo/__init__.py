"""Sample data: a small club in XML, and 2,357 real customers' purchases by `cdnow.load`."""
