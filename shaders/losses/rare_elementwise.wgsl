// Other losses that are means of a function of one prediction p and one target t, and their derivatives by p. `number` is the delta of
// Huber's loss, the label smoothing of binary cross-entropy, which moves targets towards ½, or the number of columns of the
// Kullback-Leibler divergence, which is a sum.

import package::lib::activation::log1p;
import package::lib::nan::orNan;

const BINARY_CROSSENTROPY_CODE = 0u;
const BINARY_CROSSENTROPY_FROM_LOGITS_CODE = 1u;
const HUBER_CODE = 2u;
const MEAN_ABSOLUTE_PERCENTAGE_ERROR_CODE = 3u;
const MEAN_SQUARED_LOGARITHMIC_ERROR_CODE = 4u;
const LOG_COSH_CODE = 5u;
const POISSON_CODE = 6u;
const KL_DIVERGENCE_CODE = 7u;

const EPSILON = 1e-7;
const LN2 = 0.6931471805599453;

// NaN must stay NaN, but `max`, `clamp` and comparisons swallow it.
fn lossOf(code: u32, number: f32, p: f32, t: f32) -> f32 { return orNan(valueOf(code, number, p, t), p); }

fn lossSlope(code: u32, number: f32, p: f32, t: f32) -> f32 { return orNan(slopeOf(code, number, p, t), p); }

fn smoothed(t: f32, smoothing: f32) -> f32 { return t + smoothing * (0.5 - t); }

/// The difference of logarithms of 1 + p and 1 + t.
fn logarithmicError(p: f32, t: f32) -> f32 { return log(1.0 + max(p, EPSILON)) - log(1.0 + max(t, EPSILON)); }

fn valueOf(code: u32, number: f32, p: f32, t: f32) -> f32 {
  switch code {
    case BINARY_CROSSENTROPY_CODE: {
      let q = clamp(p, EPSILON, 1.0 - EPSILON);
      let s = smoothed(t, number);
      return -(s * log(q) + (1.0 - s) * log(1.0 - q));
    }
    case BINARY_CROSSENTROPY_FROM_LOGITS_CODE: { return max(p, 0.0) - p * smoothed(t, number) + log1p(vec4f(exp(-abs(p)))).x; }
    case MEAN_ABSOLUTE_PERCENTAGE_ERROR_CODE: { return 100.0 * abs(t - p) / max(abs(t), EPSILON); }
    case MEAN_SQUARED_LOGARITHMIC_ERROR_CODE: {
      let e = logarithmicError(p, t);
      return e * e;
    }
    case LOG_COSH_CODE: {
      let e = abs(p - t);
      return e + log1p(vec4f(exp(-2.0 * e))).x - LN2;
    }
    case POISSON_CODE: { return p - t * log(p + EPSILON); }
    case KL_DIVERGENCE_CODE: {
      let s = clamp(t, EPSILON, 1.0);
      return number * s * log(s / clamp(p, EPSILON, 1.0));
    }
    default: {
      let e = abs(p - t);
      return select(number * e - 0.5 * number * number, 0.5 * e * e, e <= number);
    }
  }
}

fn slopeOf(code: u32, number: f32, p: f32, t: f32) -> f32 {
  switch code {
    case BINARY_CROSSENTROPY_CODE: {
      if (p <= EPSILON || p >= 1.0 - EPSILON) { return 0.0; }
      return (p - smoothed(t, number)) / (p * (1.0 - p));
    }
    case BINARY_CROSSENTROPY_FROM_LOGITS_CODE: {
      let e = exp(-abs(p));
      return select(e, 1.0, p >= 0.0) / (1.0 + e) - smoothed(t, number);
    }
    case MEAN_ABSOLUTE_PERCENTAGE_ERROR_CODE: { return 100.0 * sign(p - t) / max(abs(t), EPSILON); }
    case MEAN_SQUARED_LOGARITHMIC_ERROR_CODE: {
      if (p < EPSILON) { return 0.0; }
      return 2.0 * logarithmicError(p, t) / (1.0 + p);
    }
    case LOG_COSH_CODE: {
      let q = exp(-2.0 * abs(p - t));
      return sign(p - t) * (1.0 - q) / (1.0 + q);
    }
    case POISSON_CODE: { return 1.0 - t / (p + EPSILON); }
    case KL_DIVERGENCE_CODE: {
      if (p < EPSILON || p > 1.0) { return 0.0; }
      return -number * clamp(t, EPSILON, 1.0) / p;
    }
    default: { return clamp(p - t, -number, number); }
  }
}
