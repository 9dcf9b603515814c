/**
 * What is typed on a keyboard that is set to Persian: digits of three scripts, and codes whose
 * letters come out as those that stand on the same keys.
 */

const DIGITS = /[۰-۹٠-٩]/g;
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const FOREIGN = /[^\x00-\x7f]/; // eslint-disable-line no-control-regex
const LETTER = /\p{L}/u;

/** Signs that mean the same as one of ASCII, whatever key they stand on. */
const SIGNS = { "٫": ".", "٬": ",", "،": ",", "−": "-", "٪": "%", "﷼": "$" };

// Letters as they stand on the keys; Windows' “Persian” and the standard ISIRI 9147 agree on all
// of these. With Shift they do not, and codes of the club do not tell small letters from capitals.
const PLAIN = [
    ["qwertyuiop[]", "ضصثقفغعهخحجچ"],
    ["asdfghjkl;'", "شسیبلاتنمکگ"],
    ["zxcvbnm", "ظطزرذدئ"],
    ["asdfghjkl;'", "شسيبلاتنمكگ"], // Arabic letters, as some layouts write them
];
const SHIFTED = [
    ["QWERTYUIOP", "ًٌٍ\ufdfc،؛,][\\"],
    ["ASDFGHJKL", "َُِّۀآـ«»"],
    ["ZCVBNM", "ةژؤإأء"],
];

const LATIN = new Map([["پ", "m"]]);
for (const [latin, persian] of [...PLAIN, ...SHIFTED]) {
    [...persian].forEach((char, place) => {
        if (FOREIGN.test(char) && !LATIN.has(char) && !SIGNS[char]) {
            LATIN.set(char, latin[place]);
        }
    });
}

const PHYSICAL = {
    Minus: "-_",
    Equal: "=+",
    BracketLeft: "[{",
    BracketRight: "]}",
    Backslash: "\\|",
    Semicolon: ";:",
    Quote: "'\"",
    Backquote: "`~",
    Comma: ",<",
    Period: ".>",
    Slash: "/?",
    NumpadDecimal: "..",
};

/**
 * @param {string} text
 * @returns {string} with digits of ASCII
 */
export function latinDigits(text) {
    return (text || "").replace(DIGITS, (char) => String(char.charCodeAt(0) % 16));
}

/**
 * A code as it stands on a card or a label, however the keyboard is set.
 *
 * @param {string} text typed, or written by a scanner
 * @returns {string} in ASCII, if all of it can stand in a code; otherwise with ASCII's digits
 */
export function readCode(text) {
    const plain = latinDigits(text).replace(INVISIBLE, "").trim();
    if (!FOREIGN.test(plain)) {
        return plain;
    }
    const chars = [...plain].map((char) =>
        FOREIGN.test(char) ? SIGNS[char] || LATIN.get(char) : char
    );
    return chars.every(Boolean) ? chars.join("") : plain;
}

/**
 * What somebody is looked for by. Names have no digits: with digits among them, letters of
 * Persian are those of a code.
 *
 * @param {string} text as typed
 * @returns {string}
 */
export function readIdentity(text) {
    const plain = latinDigits(text).replace(INVISIBLE, "").trim();
    return /[0-9]/.test(plain) && LETTER.test(plain) ? readCode(plain) : plain;
}

/**
 * The key that was pressed, where nothing is being written: a digit, a sign, or what stands on
 * that key of an English keyboard.
 *
 * @param {KeyboardEvent} event
 * @returns {string}
 */
export function keyOf({ key, code, shiftKey }) {
    if (!key || !FOREIGN.test(key)) {
        return key;
    }
    const digit = latinDigits(key);
    if (digit !== key) {
        return digit;
    }
    return SIGNS[key] || physicalKey(code || "", shiftKey) || LATIN.get(key) || key;
}

function physicalKey(code, shifted) {
    if (code.startsWith("Key")) {
        return shifted ? code.slice(3) : code.slice(3).toLowerCase();
    }
    return PHYSICAL[code]?.[shifted ? 1 : 0];
}
