/**
 * Replace functions that a module of Odoo's exports, for everybody who imports them.
 *
 * Other modules take what they import when they start, so the exchange has to happen at the very
 * moment at which the module is there. The loader tells that moment to who listens.
 */

/**
 * Exchange functions of a module, at once when it runs already, else as soon as it has started.
 *
 * A page that has no such module is left alone; one that has it without these functions fails,
 * for an Odoo that has changed them would else show Gregorian dates among Jalali ones.
 *
 * @param {string} name of the module
 * @param {(original: Object, require: (name: string) => Object) => Object} replace takes the
 *  original functions and gives the new ones by name; `require` gives what the module imports
 */
export function patchModule(name, replace) {
    const { loader } = odoo;
    const exchange = (module) => {
        const replacements = replace({ ...module }, (other) => loader.modules.get(other));
        assertFunctions(name, module, Object.keys(replacements));
        Object.assign(module, replacements);
    };
    const onStarted = ({ detail: { moduleName, module } }) => {
        if (moduleName === name) {
            loader.bus.removeEventListener("module-started", onStarted);
            exchange(module);
        }
    };
    if (loader.modules.has(name)) {
        exchange(loader.modules.get(name));
    } else {
        loader.bus.addEventListener("module-started", onStarted);
    }
}

/**
 * Fail when something that is about to be replaced is not there.
 *
 * @param {string} where what has these functions
 * @param {Object} holder
 * @param {string[]} names
 */
export function assertFunctions(where, holder, names) {
    for (const name of names) {
        const descriptor = findDescriptor(holder, name);
        if (typeof (descriptor?.get || descriptor?.value) !== "function") {
            throw new Error(`web_jalali does not fit this version of Odoo: no ${name} in ${where}`);
        }
    }
}

function findDescriptor(holder, name) {
    for (let owner = holder; owner; owner = Object.getPrototypeOf(owner)) {
        const descriptor = Object.getOwnPropertyDescriptor(owner, name);
        if (descriptor) {
            return descriptor;
        }
    }
}
