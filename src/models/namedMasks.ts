// Calls of layers on query, value and key.

/** The names of masks in calls on query, value and key. */
export const NAMED_MASKS = ['queryMask', 'valueMask', 'keyMask'] as const
