// Sums over runs of equal ids are added in parts of so many places: CHUNK of shaders/lib/id_runs.wgsl.

export const CHUNK = 32
