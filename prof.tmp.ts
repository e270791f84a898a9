import { compile } from './src/compiler/compile.ts'
import { differentiate } from './src/graph/autodiff.ts'
import { Graph, type Value } from './src/graph/graph.ts'
import { DEFAULT_TRAITS } from './src/graph/operation.ts'
import { activation } from './src/ops/activation.ts'
import { sumOf } from './src/ops/addAll.ts'
import { add } from './src/ops/elementwise.ts'
import { elementwiseLoss } from './src/ops/losses.ts'
function chain(links: number): Graph {
  const graph = new Graph()
  const shared = graph.resident('x', 0, [4, 8])
  let y: Value = graph.resident('y', 0, [4, 8])
  for (let i = 0; i < links; i++) y = add(graph, activation(graph, { x: y }, { code: 3 }).y, shared)
  const { losses } = elementwiseLoss(graph, { predictions: y, targets: shared }, { code: 0 })
  const [d] = differentiate(graph, [losses], [shared], sumOf)
  graph.result('d', d!)
  return graph
}
for (const n of [2000, 2000, 2000, 2000, 2000, 2000]) {
  const t = performance.now(); const g = chain(n); const u = performance.now(); compile(g, DEFAULT_TRAITS); 
  console.log(n, g.nodes.length, 'build', (u - t).toFixed(0), 'compile', (performance.now() - u).toFixed(0))
}
