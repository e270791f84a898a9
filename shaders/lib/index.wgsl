// The index of a workgroup among an operation's workgroups. src/graph/launch.ts spreads these over x, y and z, and over several
// launches where one could not hold them or would take too long. Kernels must take indices from here: built-in values
// count the workgroups of one launch only.

// The index of this launch's first workgroup, and by how much the index grows from one y, and from one z, to the next.
struct Range { first: u32, row: u32, layer: u32 }
@group(0) @binding(15) var<uniform> range: Range;

fn workgroupIndex(workgroup: vec3u) -> u32 {
  return range.first + workgroup.x + workgroup.y * range.row + workgroup.z * range.layer;
}

// The element that a thread owns where workgroups have 64 threads in x; `id` is the thread's global one.
fn elementIndex(id: vec3u) -> u32 { return id.x + 64u * (range.first + id.y * range.row + id.z * range.layer); }

// The tile that a workgroup owns: its column, row and layer, where tiles of `size` cover columns and rows.
fn tileIndex(workgroup: vec3u, columns: u32, rows: u32, size: vec2u) -> vec3u {
  let across = (columns + size.x - 1u) / size.x;
  let down = (rows + size.y - 1u) / size.y;
  let index = workgroupIndex(workgroup);
  return vec3u(index % across, index / across % down, index / across / down);
}
