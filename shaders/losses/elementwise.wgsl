// The losses of most models that are means of a function of one prediction p and one target t, and their derivatives by p.

import package::lib::nan::orNan;

const MEAN_SQUARED_ERROR_CODE = 0u;
const MEAN_ABSOLUTE_ERROR_CODE = 1u;

fn lossOf(code: u32, number: f32, p: f32, t: f32) -> f32 {
  return orNan(select((p - t) * (p - t), abs(p - t), code == MEAN_ABSOLUTE_ERROR_CODE), p);
}

fn lossSlope(code: u32, number: f32, p: f32, t: f32) -> f32 {
  // `sign` may swallow NaN.
  return orNan(select(2.0 * (p - t), sign(p - t), code == MEAN_ABSOLUTE_ERROR_CODE), p);
}
