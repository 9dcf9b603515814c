# Everything is done by tools/clubtool; this is its list of commands.
# The words after ## are what `make help` prints.

.DEFAULT_GOAL := help
.PHONY: help setup demo stop test fault browser portal check fix bench audit shell db env pot lock clean

export PORT DB ONLY ALL BARE FRESH UPGRADE SHORT LC_SEED

CLUB = PYTHONPATH=tools python3 -m clubtool

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## build everything that demo and test stand on (they do it by themselves)
demo: ## the club with sample data on 127.0.0.1 (PORT=8069; FRESH=1 makes the data anew)
stop: ## end the demo and the database server
test: ## run all tests (ONLY='-k expr' or paths go to pytest)
fault: ## break servers, databases and lines under load, 25 minutes (SHORT=1: three)
browser: ## a cashier's journeys in a real browser on a line that breaks (SHORT=1: one minute)
portal: ## a member's place: journeys, leaks, nonsense, double clicks, ten minutes (SHORT=1: one)
check: ## run all linters
fix: ## let formatters and linters mend what they can
bench: ## run the benchmarks (ONLY=name for one)
audit: ## check the ledger of DB=name (default: the demo's)
shell: ## an Odoo shell on DB=name (default: the demo's)
db: ## a fresh database DB=name with demo data and our addons (BARE=1: without them)
env: ## print exports for calling odoo, pytest and psql by hand: eval "$$(make -s env)"
pot: ## export the texts of all addons and merge them into the Persian files
lock: ## write requirements.lock anew from requirements.in (UPGRADE=1: newest versions)
clean: ## remove this clone's demo and logs (ALL=1: all that set-up made)

setup demo stop test fault browser portal check fix bench audit shell db env pot lock clean:
	@$(CLUB) $@
