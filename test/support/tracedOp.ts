// A function of `ops` as an operation, for checkOp.
import type { Graph, Value } from '../../src/graph/graph.ts'
import { Input, type SymbolicTensor } from '../../src/index.ts'
import type { StepLowering } from '../../src/layers/call.ts'
import { allowNumbers, symbolicTensors } from '../../src/layers/layerCall.ts'
import { lowerGraph } from '../../src/layers/layerGraph.ts'
import { symbolicNumbers } from '../../src/layers/own/numbersLayer.ts'
import { asTraced } from '../../src/layers/own/tracing.ts'
import { findTopology } from '../../src/layers/topology.ts'
import type { Shape } from '../../src/util/shape.ts'
import { Tensor } from '../../src/util/tensor.ts'

/**
 * The operation that a function of symbolic tensors is, on inputs x0, x1, … of these shapes, whose first axis is an open batch, with
 * the arrays in it as further inputs. Its outputs are y0, y1, …
 */
export function tracedOp(fn: (...inputs: readonly SymbolicTensor[]) => unknown, shapes: readonly Shape[]) {
  const given = shapes.map(([, ...sample]) => Input(sample))
  const outputs = asTraced([], () =>
    allowNumbers(symbolicNumbers, () => symbolicTensors(fn(...given), 'a function')),
  )
  const traced = { inputs: given, outputs, topology: findTopology('a function', given, outputs) }
  const constants = traced.topology.layers
    .flatMap(({ variables }) => variables)
    .map((variable, i) => ({ variable, name: `constant ${i}` }))
  const never = (): never => {
    throw new Error('a function of ops has no states')
  }
  const op = (
    graph: Graph,
    inputs: Readonly<Record<string, Value>>,
    _attrs: object,
  ): Record<string, Value> => {
    const step: StepLowering = {
      graph,
      trains: never,
      reportIds: never,
      countCall: () => 0,
      update: never,
      addLoss: never,
      rules: null,
      metricState: never,
      finish: never,
      variable: (wanted) => {
        const found = constants.find(({ variable }) => variable === wanted)
        return (found && inputs[found.name]) ?? never()
      },
    }
    const values = shapes.map((_, i) => ({ value: inputs[`x${i}`] as Value, mask: null }))
    const results = lowerGraph(traced, step, values, true)
    return Object.fromEntries(results.map(({ value }, i) => [`y${i}`, value]))
  }
  return {
    op,
    constants: Object.fromEntries(
      constants.map(({ variable, name }) => [name, new Tensor(variable.value, variable.shape)]),
    ),
  }
}
