/** Plots of models: boxes, frames and arrows, in the words of Mermaid and DOT. */
import { expect, test } from 'vitest'
import { plotModel } from '../../src/formats.ts'
import { Add, Dense, Input, LSTM, loadModel, Model, Sequential } from '../../src/index.ts'
import { expectError, untyped } from '../support/expectError.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'

const nested = () => {
  const x = Input([3, 2], { name: 'x' })
  const inner = Sequential([Input([3, 2], { name: 'y' }), LSTM(4, { name: 'lstm' })], { name: 'in "1"' })
  const a = inner(x)
  const b = Dense(4, { name: 'dense', activation: 'relu' })(a)
  return Model(x, Add({ name: 'add' })([a, b]), { name: 'outer' })
}

test('Mermaid', () => {
  expect(plotModel(nested(), { showLayerNames: true, showShapes: true })).toBe(`flowchart TB
  layer_0["x (InputLayer)<br/>Output shape: (None, 3, 2)"]
  layer_1["in #34;1#34; (Sequential)<br/>Input shape: (None, 3, 2)<br/>Output shape: (None, 4)"]
  layer_2["dense (Dense)<br/>Input shape: (None, 4)<br/>Output shape: (None, 4)"]
  layer_3["add (Add)<br/>Input shape: [(None, 4), (None, 4)]<br/>Output shape: (None, 4)"]
  layer_0 --> layer_1
  layer_1 --> layer_2
  layer_1 --> layer_3
  layer_2 --> layer_3
`)
})

test('DOT, with the layers of models inside', () => {
  expect(
    plotModel(nested(), {
      format: 'dot',
      rankdir: 'LR',
      expandNested: true,
      showLayerActivations: true,
      showDtype: true,
      showTrainable: true,
    }).replaceAll('\\nOutput dtype: float32\\nTrainable: yes', ''),
  ).toBe(`digraph "outer" {
  rankdir=LR;
  node [shape=box];
  layer_0 [label="InputLayer"];
  subgraph cluster_layer_1 {
    label="Sequential";
    layer_2 [label="InputLayer"];
    layer_3 [label="LSTM\\nActivation: tanh"];
  }
  layer_4 [label="Dense\\nActivation: relu"];
  layer_5 [label="Add"];
  layer_2 -> layer_3;
  layer_0 -> layer_2;
  layer_3 -> layer_4;
  layer_3 -> layer_5;
  layer_4 -> layer_5;
}
`)
})

test('every arrow is between boxes, and every box is on one', async () => {
  for (const name of goldenNames.filter((_, i) => i % 4 === 0)) {
    const text = plotModel(await loadModel(goldenCase(name).modelBytes), { expandNested: true })
    const boxes = [...text.matchAll(/^ +(layer_\d+)\[/gm)].map(([, id]) => id)
    const ends = [...text.matchAll(/^ +(layer_\d+) --> (layer_\d+)$/gm)].flatMap(([, from, to]) => [from, to])
    expect(new Set(ends), name).toEqual(new Set(boxes))
  }
})

test('what cannot be plotted is refused', async () => {
  await expectError(
    () => plotModel(nested(), { format: untyped('png') }),
    `plotModel: expected format to be one of 'mermaid', 'dot', got "png".`,
  )
  await expectError(() => plotModel(untyped(null)), 'plotModel: expected a model, got null.')
})
