/** Whether a value is an object or a function, also one of another frame of a page, whose `Object` is not this `Object`. */
export const isObject = (value: unknown): value is object => Object(value) === value
