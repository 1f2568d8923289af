/** Largest event and largest answer of a synchronous invocation, in bytes of UTF-8. */
export const MAX_PAYLOAD_BYTES = 6_291_556;
