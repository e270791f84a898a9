// The activations of nearly every model: what the functions of lib/activation.wgsl are for codes up to that of hard_sigmoid. Kernels
// that apply an activation have these functions, and all activations where one of the others is asked for (src/ops/kernelCode.ts).

import package::lib::activation::{
  RELU_CODE, SIGMOID_CODE, TANH_CODE, HARD_SIGMOID_CODE, ZERO, ONE, sigmoid, quotientTanh, hardSigmoid
};

fn activationValue(code: u32, x: vec4f) -> vec4f {
  switch code {
    case RELU_CODE: { return max(x, ZERO); }
    case SIGMOID_CODE: { return sigmoid(x); }
    case TANH_CODE: { return quotientTanh(x); }
    case HARD_SIGMOID_CODE: { return hardSigmoid(x); }
    default: { return x; }
  }
}

fn activationSlope(code: u32, s: vec4f) -> vec4f {
  switch code {
    case RELU_CODE: { return select(ZERO, ONE, s > ZERO); }
    case SIGMOID_CODE: { return s * (1.0 - s); }
    case TANH_CODE: { return 1.0 - s * s; }
    case HARD_SIGMOID_CODE: { return select(ZERO, vec4f(1.0 / 6.0), (s > ZERO) & (s < ONE)); }
    default: { return ONE; }
  }
}
