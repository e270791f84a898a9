// The types of what calls resolve to. Nothing calls it: the compiler checks what it says.

import { expectTypeOf } from 'vitest'
import * as api from '../../src/index.ts'

export async function typesOf(x: number[][], y: number[], returnDict: boolean, named: string): Promise<void> {
  const model = api.Sequential()
  expectTypeOf(await model.evaluate(x, y)).toEqualTypeOf<api.ResultList>()
  expectTypeOf(await model.evaluate(x, y, { verbose: 0 })).toEqualTypeOf<api.ResultList>()
  expectTypeOf(await model.evaluate(x, y, { returnDict: false })).toEqualTypeOf<api.ResultList>()
  expectTypeOf(await model.evaluate(x, y, { returnDict: true })).toEqualTypeOf<api.NamedResults>()
  expectTypeOf(await model.evaluate(x, y, { returnDict })).toEqualTypeOf<api.NamedResults | api.ResultList>()
  expectTypeOf(await model.trainOnBatch(x, y, { returnDict: true })).toEqualTypeOf<api.NamedResults>()
  expectTypeOf(await model.testOnBatch(x, y)).toEqualTypeOf<api.ResultList>()
  const [loss, accuracy] = await model.evaluate(x, y)
  expectTypeOf([loss, accuracy]).toEqualTypeOf<(number | undefined)[]>()
  expectTypeOf((await model.evaluate(x, y)).toFixed).returns.toEqualTypeOf<string>()
  const { history, backend } = await model.fit(x, y)
  expectTypeOf(history.loss).toEqualTypeOf<number[]>()
  expectTypeOf(history[named]).toEqualTypeOf<number[] | undefined>()
  expectTypeOf(backend).toEqualTypeOf<'webgpu' | 'cpu'>()
  expectTypeOf(model.backend).toEqualTypeOf<'webgpu' | 'cpu' | null>()
  expectTypeOf(await model.predict(x)).toEqualTypeOf<api.Tensor>()

  const input = api.Input([3])
  const a = api.Dense(2)(input)
  expectTypeOf(await api.Model(input, a).predict(x)).toEqualTypeOf<api.Tensor>()
  expectTypeOf(await api.Model(input, [a]).predict(x)).toEqualTypeOf<api.Tensor>()
  expectTypeOf(await api.Model(input, [a, a]).predict(x)).toEqualTypeOf<[api.Tensor, api.Tensor]>()
  expectTypeOf(await api.Model(input, [a, a]).predictOnBatch(x)).toEqualTypeOf<[api.Tensor, api.Tensor]>()
  const list: api.SymbolicTensor[] = [a]
  expectTypeOf(await api.Model(input, list).predict(x)).toEqualTypeOf<api.Tensor[]>()
  class Two extends api.Model {
    override call(x: api.SymbolicTensor) {
      return { left: x, right: x }
    }
  }
  expectTypeOf(await new Two().predict(x)).toEqualTypeOf<{
    readonly left: api.Tensor
    readonly right: api.Tensor
  }>()
  class One extends api.Model {
    override call(x: api.SymbolicTensor) {
      return x
    }
  }
  expectTypeOf(await new One().predict(x)).toEqualTypeOf<api.Tensor>()
  expectTypeOf(api.tensor([1]).toArray<number[]>()).toEqualTypeOf<number[]>()
}
