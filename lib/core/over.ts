/**
 * The reason of an abort that nobody asks for one: a wait has ended. Without a reason Node.js makes an error with its stack for
 * each, which takes longer than the wait's timer.
 */
export const over = "over";
