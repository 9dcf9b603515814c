import { formatFloat } from "@web/core/utils/numbers";

/**
 * A number of points as a person reads it: grouped, and with decimals only where there are some.
 *
 * @param {number} points
 * @param {string} [name] what the club calls its points
 * @returns {string}
 */
export function formatPoints(points, name = "") {
    const number = formatFloat(points || 0, { digits: [false, 3], trailingZeros: false });
    return name ? `${number} ${name}` : number;
}

/**
 * The smallest whole number of steps that covers an amount; float noise does not count.
 *
 * @param {number} amount
 * @param {number} step positive
 * @returns {number}
 */
export function roundUpTo(amount, step) {
    return Number((Math.ceil(Number((amount / step).toFixed(6))) * step).toFixed(6));
}

/**
 * The largest whole number of steps within a positive amount; float noise does not count.
 *
 * @param {number} amount
 * @param {number} step positive
 * @returns {number}
 */
export function roundDownTo(amount, step) {
    return Number((Math.floor(Number((amount / step).toFixed(6))) * step).toFixed(6));
}
