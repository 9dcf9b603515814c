/**
 * Reads one command (JSON) per line from the standard input and answers each by one line: how
 * Python has a browser do things.
 *
 * @param {Object} commands functions by name; `close` ends what runs
 */

const readline = require("node:readline");

async function answer(commands, line) {
    const command = JSON.parse(line);
    try {
        return { id: command.id, result: (await commands[command.do](command)) ?? null };
    } catch (error) {
        return { id: command.id, error: String(error.stack || error) };
    }
}

function listen(commands) {
    readline.createInterface({ input: process.stdin }).on("line", async (line) => {
        process.stdout.write(`${JSON.stringify(await answer(commands, line))}\n`);
    });
    process.stdin.on("end", async () => {
        await commands.close();
        process.exit(0);
    });
}

module.exports = { listen };
