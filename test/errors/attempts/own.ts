import { type Area, accepted, passed } from './area.ts'

export const own: Area = {
  title: "Layers, cells, models, losses and metrics of one's own",
  setup: `
  const train = (layer, options = {}) => {
    const model = Sequential([Input([4, 3]), layer, Flatten(), Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'sgd', ...options })
    return model.fit([[[1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3]]], [1], { verbose: 0 })
  }`,
  attempts: [
    'class Mine extends Layer {}; train(new Mine())',
    'class Mine extends Layer { call(x) { return x } get_config() { return {} } }; new Mine()',
    'class Mine extends Layer { call(x) { return x } compute_mask(x, mask) { return mask } }; new Mine()',
    'class Net extends Model { call(x) { return x } train_step(data) {} }; new Net()',
    'class Net extends Model { call(x) { return x } get_config() { return {} } }; new Net()',
    'class Mine extends Layer { call() {} }; train(new Mine())',
    'class Mine extends Layer { call(x) { return x * 2 } }; train(new Mine())',
    'class Mine extends Layer { call(x) { return x.map((v) => v) } }; train(new Mine())',
    'class Mine extends Layer { call(x) { return Math.tanh(x) } }; train(new Mine())',
    'class Mine extends Layer { call(x) { return 3 } }; train(new Mine())',
    'class Mine extends Layer { call(x) { return [1, 2] } }; train(new Mine())',
    'class Mine extends Layer { async call(x) { return x } }; train(new Mine())',
    'class Mine extends Layer { call(x) { return ops.matmul(x, this.w) } }; train(new Mine())',
    passed(
      'class Mine extends Layer { call(x) { throw new Error("mine") } }; train(new Mine())',
      'an error of the caller is not touched',
    ),
    'class Mine extends Layer { build() { this.addWeight("w", [3, 3]) } call(x) { return x } }; train(new Mine())',
    'class Mine extends Layer { build() { this.addWeight({ shape: 3 }) } call(x) { return x } }; train(new Mine())',
    'class Mine extends Layer { build() { this.addWeight({ shape: [3], initialiser: "zeros" }) } call(x) { return x } }; train(new Mine())',
    accepted(
      'class Mine extends Layer { build() { this.addWeight({ shape: [3], initializer: "zero" }) } call(x) { return x } }; train(new Mine())',
      "Keras's older name",
    ),
    'class Mine extends Layer { build() { this.w = this.addWeight({ shape: [2] }) } call(x) { return ops.add(x, this.w) } }; train(new Mine())',
    'class Mine extends Layer { call(x) { return x } }; train(Mine)',
    'class Mine extends Layer { call(x) { this.addWeight({ shape: [3] }); return x } }; train(new Mine())',
    'class Mine extends Layer { call(x) { if (x > 0) return x; return ops.abs(x) } }; train(new Mine())',
    'class Mine extends Layer { call(x) { return tensor([1, 2, 3]) } }; train(new Mine())',
    'train(Lambda((x) => x * 2))',
    'train(Lambda((x) => { ops.abs(x) }))',
    'train(Lambda((x) => ops.unknown(x)))',
    'class MyCell extends Cell {}; train(RNN(new MyCell()))',
    'class MyCell extends Cell { stateSize = 2; call(x) { return x } }; train(RNN(new MyCell()))',
    'class MyCell extends Cell { call(x, [h]) { return [h, [h]] } }; train(RNN(new MyCell()))',
    'class MyCell extends Cell { stateSize = 2; call(x, [h]) { return [x, [x]] } }; train(RNN(new MyCell()))',
    'class MyCell extends Cell { stateSize = "2"; call(x, [h]) { return [h, [h]] } }; train(RNN(new MyCell()))',
    'class Net extends Model {}; new Net().predict([[1, 2]])',
    'class Net extends Model { call(x) { return Dense(1)(x) } }; new Net().predict([[1, 2]])',
    'class Net extends Model { call(x) { return 3 } }; new Net().predict([[1, 2]])',
    'train(Dense(2), { loss: (a, b) => ops.add(a, "1") })',
    'train(Dense(2), { loss: async (a, b) => ops.abs(a) })',
    'train(Dense(2), { loss: (a, b) => undefined })',
    'train(Dense(2), { loss: (a, b) => ops.matmul(a, [[1, 2], [3, 4]]) })',
    accepted('train(Dense(2), { metrics: [(a, b) => a] })', 'a function of targets and predictions'),
    'train(Dense(2), { metrics: [(a) => "x"] })',
    'class M extends Metric {}; train(Dense(2), { metrics: [new M()] })',
    'class M extends Metric { updateState() {} result() { return "x" } }; train(Dense(2), { metrics: [new M()] })',
    'class R extends Regularizer {}; train(Dense(2, { kernelRegularizer: new R() }))',
    'class R extends Regularizer { call(w) { return 0.1 } }; train(Dense(2, { kernelRegularizer: new R() }))',
    accepted(
      'class C extends Constraint {}; train(Dense(2, { kernelConstraint: new C() }))',
      'as in Keras a constraint without a call leaves weights as they are',
    ),
    'class C extends Constraint { call(w) { return ops.sum(w) } }; train(Dense(2, { kernelConstraint: new C() }))',
    accepted(
      'class Mine extends Layer { call(x) { return x } }; Sequential([Input([3]), new Mine()]).save()',
      'with a warning, that the class is not registered',
    ),
    accepted(
      'class R extends Regularizer { call(w) { return ops.sum(ops.abs(w)) } }; Sequential([Input([3]), Dense(2, { kernelRegularizer: new R() })]).save()',
      'with a warning, that the class is not registered',
    ),
    accepted(
      'class C extends Constraint { call(w) { return ops.abs(w) } }; Sequential([Input([3]), Dense(2, { kernelConstraint: new C() })]).save()',
      'with a warning, that the class is not registered',
    ),
    'Sequential([Input([3]), Dense(2, { kernelRegularizer: (w) => ops.sum(w) })]).save()',
    'Sequential([Input([3]), Dense(2, { activation: (x) => ops.abs(x) })]).save()',
    'Sequential([Input([3]), Lambda((x) => ops.abs(x))]).save()',
  ],
}
