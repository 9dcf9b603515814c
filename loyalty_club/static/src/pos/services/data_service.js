import { PosData } from "@point_of_sale/app/services/data_service";
import { RPCError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";

patch(PosData.prototype, {
    /**
     * Stock counts an order as sent as soon as it is put into words: one that did not arrive is
     * not sent again, and why the server refused one sent in the background is not told.
     *
     * @override
     */
    async call(model, method, args) {
        try {
            return await super.call(...arguments);
        } catch (error) {
            if (method === "sync_from_ui") {
                this._noteNotArrived(args?.[0]?.[0]?.uuid, error);
            }
            throw error;
        }
    },

    _noteNotArrived(uuid, error) {
        const order = uuid && this.models["pos.order"].getBy("uuid", uuid);
        if (order && !order.isSynced) {
            order._markDirty();
        }
        if (order && error instanceof RPCError) {
            this.refusedOrders ??= new Map();
            this.refusedOrders.set(uuid, error.data.message);
        }
    },
});
