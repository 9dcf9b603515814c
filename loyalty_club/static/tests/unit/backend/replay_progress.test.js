import { describe, expect, test } from "@odoo/hoot";
import { stepByStep } from "@loyalty_club/backend/replay_progress/replay_progress";

describe.current.tags("headless");

function asked(answers) {
    return async () => {
        expect.step("asked");
        return answers.shift();
    };
}

test("one step after the other, until all is judged", async () => {
    const told = [];
    const answers = [
        { state: "running", done: 1 },
        { state: "running", done: 3 },
        { state: "done", done: 4 },
    ];
    await stepByStep(
        asked(answers),
        (answer) => told.push(answer.done),
        () => true
    );
    expect.verifySteps(["asked", "asked", "asked"]);
    expect(told).toEqual([1, 3, 4]);
});

test("who does not want to go on has the step under way finished, and no other", async () => {
    let wanted = true;
    const stop = () => (wanted = false);
    await stepByStep(asked([{ state: "running", done: 1 }]), stop, () => wanted);
    expect.verifySteps(["asked"]);
});

test("where somebody else has the step in hand it is asked again a little later", async () => {
    const answers = [
        { state: "running", done: 2 },
        { state: "running", done: 2 },
        { state: "done", done: 4 },
    ];
    await stepByStep(
        asked(answers),
        () => {},
        () => true,
        1
    );
    expect.verifySteps(["asked", "asked", "asked"]);
});

test("what was given up, or failed, is asked for no longer", async () => {
    for (const state of ["draft", "failed"]) {
        await stepByStep(
            asked([{ state, done: 0 }]),
            () => {},
            () => true
        );
    }
    expect.verifySteps(["asked", "asked"]);
});
