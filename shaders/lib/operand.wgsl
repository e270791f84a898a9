// An element of an operand: of a factor of a product, or of whatever else a kernel reads that mixed precision may leave as
// f16. A kernel that declares such a binding as array<Operand>, or as array<Operand4>, reads it by its index and nothing else, and
// has twins that read f16 (shaders/halves.ts).

alias Operand = f32;
alias Operand4 = vec4f;
