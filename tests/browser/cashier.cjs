/**
 * A cashier at a till in Chromium. Reads one command (JSON) per line from its standard input and
 * answers each by one line.
 *
 * She looks at the screen, does what comes next, and looks again: whatever was cut, reloaded or
 * killed meanwhile, she goes on from what she sees, as a person would.
 */

const { listen } = require("./commands.cjs");
const { Till } = require("./till.cjs");

const tills = new Map();

function tillOf({ till }) {
    if (!tills.has(till)) {
        throw new Error(`There is no till ${till}`);
    }
    return tills.get(till);
}

const COMMANDS = {
    async open(command) {
        const till = new Till(command);
        tills.set(command.till, till);
        await till.launch();
        await till.open();
    },
    sell: (command) => tillOf(command).sell(command),
    refund: (command) => tillOf(command).refund(command),
    enrol: (command) => tillOf(command).enrol(command),
    line: async (command) => tillOf(command).line.begin(command.plan || {}),
    down: async (command) => tillOf(command).setDown(command.down),
    settle: (command) => tillOf(command).settle(),
    plant: (command) => tillOf(command).plant(command.bug),
    reload: (command) => tillOf(command).reload(),
    shot: (command) => tillOf(command).shot(command.path),
    async close() {
        await Promise.all([...tills.values()].map((till) => till.kill()));
        tills.clear();
    },
};

listen(COMMANDS);
