// The element that a thread of a one-dimensional launch owns. Launches of more workgroups than fit in x go on in y.
fn elementIndex(id: vec3u, workgroups: vec3u) -> u32 { return id.x + id.y * workgroups.x * 64u; }
