// The sums of a thread: 4×4 of the product, and the column sums of the right factor.

struct Sums { s0: vec4f, s1: vec4f, s2: vec4f, s3: vec4f, columns: vec4f }

// Adds the product of a 4×4 block of the left factor, a vector for each row, and one of the right factor.
fn addProducts(
  s: Sums, a0: vec4f, a1: vec4f, a2: vec4f, a3: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f,
) -> Sums {
  return Sums(
    s.s0 + a0.x * b0 + a0.y * b1 + a0.z * b2 + a0.w * b3,
    s.s1 + a1.x * b0 + a1.y * b1 + a1.z * b2 + a1.w * b3,
    s.s2 + a2.x * b0 + a2.y * b1 + a2.z * b2 + a2.w * b3,
    s.s3 + a3.x * b0 + a3.y * b1 + a3.z * b2 + a3.w * b3,
    s.columns + b0 + b1 + b2 + b3,
  );
}
