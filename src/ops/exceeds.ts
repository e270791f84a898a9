/** Whether a is greater than b, NaN being greater than all numbers, as in NumPy; the same as shaders/lib/nan.wgsl. */
export const exceeds = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b))
