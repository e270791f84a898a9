// An element of an operand: a factor of a product, or another input that mixed precision may store as f16. A kernel that
// declares a binding as array<Operand> or array<Operand4> must only read it by index; shaders/f16Twins.ts makes twins of the kernel
// that read f16.

alias Operand = f32;
alias Operand4 = vec4f;
