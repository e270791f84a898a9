// Elementwise activations by code, four values at a time (src/ops/activationFunctions.ts has the same table for the CPU, by the
// names of the codes here). Kernels take codes from override constants, so that a pipeline contains one branch of each switch.
//
// The backward pass needs one float: the activation's result where its slope can be computed from the result (codes under 17),
// its argument otherwise. `stored` gives this float; `outputOf` and `slopeOf` read it.
//
// WGSL lets `tanh` be off by 1e-5 and does not define results that overflow. The functions here are therefore made of quotients
// and of exponentials that cannot overflow; test/ops/activationAccuracy.test.ts states how accurate they are.

import package::lib::nan::orNan4;

// The slope can be computed from the result.
const LINEAR_CODE = 0u;
const RELU_CODE = 1u;
const SIGMOID_CODE = 2u;
const TANH_CODE = 3u;
const HARD_SIGMOID_CODE = 4u;
const SOFTPLUS_CODE = 5u;
const SOFTSIGN_CODE = 6u;
const ELU_CODE = 7u;
const SELU_CODE = 8u;
const EXPONENTIAL_CODE = 9u;
const LEAKY_RELU_CODE = 10u;
const RELU6_CODE = 11u;
const HARD_TANH_CODE = 12u;
const LOG_SIGMOID_CODE = 13u;
const SPARSE_PLUS_CODE = 14u;
const SPARSE_SIGMOID_CODE = 15u;
const KERAS2_HARD_SIGMOID_CODE = 16u;
// The slope is computed from the argument.
const FROM_INPUT = 17u;
const SILU_CODE = 17u;
const GELU_CODE = 18u;
const MISH_CODE = 19u;
const HARD_SILU_CODE = 20u;
const TANH_SHRINK_CODE = 21u;
const SOFT_SHRINK_CODE = 22u;
const HARD_SHRINK_CODE = 23u;
const SQUAREPLUS_CODE = 24u;

const SELU_SCALE = 1.05070098735548049342;
const SELU_ALPHA = 1.67326324235437728482;
const ZERO = vec4f(0.0);
const ONE = vec4f(1.0);
// e⁻²⁰⁰ is 0 as f32.
const FAR = vec4f(200.0);

fn decay(x: vec4f) -> vec4f { return exp(-min(abs(x), FAR)); }

fn sigmoid(x: vec4f) -> vec4f {
  let e = decay(x);
  return select(e, ONE, x >= ZERO) / (1.0 + e);
}

// tanh as Eigen's minimax quotient x·P(x²) / Q(x²), constant from where f32 rounds it to 1.
fn quotientTanh(x: vec4f) -> vec4f {
  let z = clamp(x, vec4f(-7.905311107635498), vec4f(7.905311107635498));
  let s = z * z;
  let p = ((((((-2.76076847742355e-16 * s + 2.00018790482477e-13) * s - 8.60467152213735e-11) * s + 5.12229709037114e-8) * s
    + 1.48572235717979e-5) * s + 6.37261928875436e-4) * s + 4.89352455891786e-3);
  let q = ((1.19825839466702e-6 * s + 1.18534705686654e-4) * s + 2.268434632439e-3) * s + 4.89352518554385e-3;
  return z * (p / q);
}

// ln(1 + e) of 0 ≤ e ≤ 1 by the series of 2·artanh(e / (2 + e)), because the sum 1 + e would lose a small e.
fn log1p(e: vec4f) -> vec4f {
  let t = e / (2.0 + e);
  let s = t * t;
  return 2.0 * t * ((((((s / 13.0 + 1.0 / 11.0) * s + 1.0 / 9.0) * s + 1.0 / 7.0) * s + 0.2) * s + 1.0 / 3.0) * s + 1.0);
}

fn softplus(x: vec4f) -> vec4f { return max(x, ZERO) + log1p(decay(x)); }
// (x + 1)² / 4 of −1 < x < 1, and 0 below.
fn sparsePlus(x: vec4f) -> vec4f {
  let z = clamp(x + 1.0, ZERO, vec4f(2.0));
  return 0.25 * z * z;
}

fn hardSigmoid(x: vec4f) -> vec4f { return clamp(x / 6.0 + 0.5, ZERO, ONE); }

// eˣ − 1 of x ≤ 0, and 0 of x > 0, without the difference, which would lose a small x.
fn expm1(x: vec4f) -> vec4f {
  let z = min(x, ZERO);
  return quotientTanh(0.5 * z) * (decay(z) + 1.0);
}

// Φ of the normal distribution, erfc(−x / √2) / 2, with erfcc of Numerical Recipes: relative error within 1.2e-7.
fn gaussian(x: vec4f) -> vec4f {
  let z = min(abs(x) * 0.70710678118654752440, vec4f(20.0));
  let t = 1.0 / (1.0 + 0.5 * z);
  let p = (((((((((0.17087277 * t - 0.82215223) * t + 1.48851587) * t - 1.13520398) * t + 0.27886807) * t - 0.18628806) * t
    + 0.09678418) * t + 0.37409196) * t + 1.00002368) * t - 1.26551223);
  let tail = 0.5 * t * exp(p - z * z);
  return select(1.0 - tail, tail, x < ZERO);
}

// With e = e⁻ˣ or eˣ, whichever is below 1: (1 + 2e) / (1 + 2e + 2e²) or (e² + 2e) / (e² + 2e + 2).
fn tanhOfSoftplus(x: vec4f) -> vec4f {
  let e = decay(x);
  let p = select(1.0 + 2.0 * e, e * (e + 2.0), x < ZERO);
  return p / (p + select(2.0 * e * e, vec4f(2.0), x < ZERO));
}

// A factor that makes the square of a large number finite. Quotients need it, too: WGSL does not define division by numbers above
// 2¹²⁶, and NVIDIA's GPUs give 0.
fn scaleOf(x: vec4f) -> vec4f { return select(ONE, vec4f(1e-20), abs(x) > vec4f(1e9)); }

fn softsign(x: vec4f) -> vec4f {
  let s = scaleOf(x);
  return s * x / (s + abs(s * x));
}

// s·√(x² + 4), from the scaled number s·x.
fn root(x: vec4f, s: vec4f) -> vec4f { return sqrt(x * x + 4.0 * s * s); }

fn squareplusSlope(x: vec4f) -> vec4f {
  let s = scaleOf(x);
  return 0.5 * (1.0 + s * x / root(s * x, s));
}

fn squareplus(x: vec4f) -> vec4f {
  // From 8192 on √(x² + 4) rounds to |x|. Without the bound the sum of both could overflow.
  let z = min(abs(x), vec4f(8192.0));
  // Below 0 the sum would lose all digits, so it is taken as the inverse of squareplus(−x).
  let mean = max(abs(x), 0.5 * (z + root(z, ONE)));
  return select(1.0 / mean, mean, x >= ZERO);
}

// NaN must stay NaN, but `max`, `clamp` and comparisons swallow it.
fn activate(code: u32, x: vec4f) -> vec4f { return orNan4(activationValue(code, x), x); }

fn activationValue(code: u32, x: vec4f) -> vec4f {
  switch code {
    case RELU_CODE: { return max(x, ZERO); }
    case SIGMOID_CODE: { return sigmoid(x); }
    case TANH_CODE: { return quotientTanh(x); }
    case HARD_SIGMOID_CODE: { return hardSigmoid(x); }
    case SOFTPLUS_CODE: { return softplus(x); }
    case SOFTSIGN_CODE: { return softsign(x); }
    case ELU_CODE: { return select(expm1(x), x, x > ZERO); }
    case SELU_CODE: { return SELU_SCALE * select(SELU_ALPHA * expm1(x), x, x > ZERO); }
    case EXPONENTIAL_CODE: { return exp(x); }
    case LEAKY_RELU_CODE: { return select(0.2 * x, x, x > ZERO); }
    case RELU6_CODE: { return clamp(x, ZERO, vec4f(6.0)); }
    case HARD_TANH_CODE: { return clamp(x, -ONE, ONE); }
    case LOG_SIGMOID_CODE: { return -softplus(-x); }
    case SPARSE_PLUS_CODE: { return select(sparsePlus(x), x, x >= ONE); }
    case SPARSE_SIGMOID_CODE: { return clamp(0.5 * x + 0.5, ZERO, ONE); }
    case KERAS2_HARD_SIGMOID_CODE: { return clamp(0.2 * x + 0.5, ZERO, ONE); }
    case SILU_CODE: { return x * sigmoid(x); }
    case GELU_CODE: { return x * gaussian(x); }
    case MISH_CODE: { return x * tanhOfSoftplus(x); }
    case HARD_SILU_CODE: { return x * hardSigmoid(x); }
    case TANH_SHRINK_CODE: { return x - quotientTanh(x); }
    case SOFT_SHRINK_CODE: { return sign(x) * max(abs(x) - 0.5, ZERO); }
    case HARD_SHRINK_CODE: { return select(ZERO, x, abs(x) > vec4f(0.5)); }
    case SQUAREPLUS_CODE: { return squareplus(x); }
    default: { return x; }
  }
}

fn stored(code: u32, x: vec4f) -> vec4f {
  if (code >= FROM_INPUT) { return x; }
  return activate(code, x);
}

fn outputOf(code: u32, s: vec4f) -> vec4f {
  if (code >= FROM_INPUT) { return activate(code, s); }
  return s;
}

fn slopeOf(code: u32, s: vec4f) -> vec4f { return orNan4(activationSlope(code, s), s); }

fn activationSlope(code: u32, s: vec4f) -> vec4f {
  switch code {
    case RELU_CODE: { return select(ZERO, ONE, s > ZERO); }
    case SIGMOID_CODE: { return s * (1.0 - s); }
    case TANH_CODE: { return 1.0 - s * s; }
    case HARD_SIGMOID_CODE: { return select(ZERO, vec4f(1.0 / 6.0), (s > ZERO) & (s < ONE)); }
    case SOFTPLUS_CODE: { return -expm1(-s); }
    case SOFTSIGN_CODE: { return (1.0 - abs(s)) * (1.0 - abs(s)); }
    case ELU_CODE: { return select(s + 1.0, ONE, s > ZERO); }
    case SELU_CODE: { return select(s + SELU_SCALE * SELU_ALPHA, vec4f(SELU_SCALE), s > ZERO); }
    case EXPONENTIAL_CODE: { return s; }
    case LEAKY_RELU_CODE: { return select(vec4f(0.2), ONE, s > ZERO); }
    case RELU6_CODE: { return select(ZERO, ONE, (s > ZERO) & (s < vec4f(6.0))); }
    case HARD_TANH_CODE: { return select(ZERO, ONE, (s > -ONE) & (s < ONE)); }
    case LOG_SIGMOID_CODE: { return -expm1(s); }
    case SPARSE_PLUS_CODE: { return min(sqrt(s), ONE); }
    case SPARSE_SIGMOID_CODE: { return select(ZERO, vec4f(0.5), (s > ZERO) & (s < ONE)); }
    case KERAS2_HARD_SIGMOID_CODE: { return select(ZERO, vec4f(0.2), (s > ZERO) & (s < ONE)); }
    case SILU_CODE: { let g = sigmoid(s); return g * (1.0 + s * (1.0 - g)); }
    case GELU_CODE: {
      let density = 0.39894228040143267794 * decay(0.5 * s * s);
      return gaussian(s) + s * density;
    }
    case MISH_CODE: { let t = tanhOfSoftplus(s); return t + s * sigmoid(s) * (1.0 - t * t); }
    case HARD_SILU_CODE: { return hardSigmoid(s) + select(ZERO, s / 6.0, (s > vec4f(-3.0)) & (s < vec4f(3.0))); }
    case TANH_SHRINK_CODE: { let t = quotientTanh(s); return t * t; }
    case SOFT_SHRINK_CODE, HARD_SHRINK_CODE: { return select(ZERO, ONE, abs(s) > vec4f(0.5)); }
    case SQUAREPLUS_CODE: { return squareplusSlope(s); }
    default: { return ONE; }
  }
}
