/** Plots of models, as pictures and in the words of Mermaid and DOT. */
import { beforeAll, describe, expect, test } from 'vitest'
import { linesWithin, widthOf } from '../../src/formats/plot/textSize.ts'
import { plotModel } from '../../src/formats.ts'
import { Add, Bidirectional, Dense, Input, LSTM, loadModel, Model, Sequential } from '../../src/index.ts'
import { expectError, untyped } from '../support/expectError.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'

const nested = () => {
  const x = Input([3, 2], { name: 'x' })
  const inner = Sequential([Input([3, 2], { name: 'y' }), LSTM(4, { name: 'lstm' })], { name: 'in "1"' })
  const a = inner(x)
  const b = Dense(4, { name: 'dense', activation: 'relu' })(a)
  return Model(x, Add({ name: 'add' })([a, b]), { name: 'outer' })
}

test('Mermaid', async () => {
  expect(
    await plotModel(nested(), { format: 'mermaid', showLayerNames: true, showShapes: true }),
  ).toBe(`flowchart TB
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

test('DOT, with the layers of models inside', async () => {
  const text = await plotModel(nested(), {
    format: 'dot',
    rankdir: 'LR',
    expandNested: true,
    showLayerActivations: true,
    showDtype: true,
    showTrainable: true,
  })
  expect(text.replaceAll('\\nOutput dtype: float32', '')).toBe(`digraph "outer" {
  rankdir=LR;
  node [shape=box];
  layer_0 [label="InputLayer"];
  subgraph cluster_layer_1 {
    label="Sequential\\nTrainable: yes";
    layer_2 [label="InputLayer"];
    layer_3 [label="LSTM\\nActivation: tanh\\nTrainable: yes"];
  }
  layer_4 [label="Dense\\nActivation: relu\\nTrainable: yes"];
  layer_5 [label="Add"];
  layer_2 -> layer_3;
  layer_0 -> layer_2;
  layer_3 -> layer_4;
  layer_3 -> layer_5;
  layer_4 -> layer_5;
}
`)
})

/** The tags of an SVG, which has to be well-formed: each as its name and attributes. */
function tagsOf(svg: string): { name: string; attributes: Record<string, string>; text: string }[] {
  const open: string[] = []
  const tags = [...svg.matchAll(/<([^>]*)>([^<]*)/g)].flatMap(([, tag = '', text = '']) => {
    if (tag.startsWith('/')) {
      expect(tag.slice(1)).toBe(open.pop())
      return []
    }
    const [, name = '', list = '', end] =
      /^(svg|g|rect|path|text)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)$/.exec(tag) ?? []
    expect(name, tag).not.toBe('')
    if (end === '') open.push(name)
    expect(text).toMatch(/^(?:[^&]|&(?:amp|lt|gt|quot|#39);)*$/)
    const attributes = [...list.matchAll(/ ([a-zA-Z-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
      key,
      value,
    ])
    return [{ name, attributes: Object.fromEntries(attributes), text }]
  })
  expect(open).toEqual([])
  return tags
}

describe('a picture', () => {
  test('has a box for each layer, with what was asked for', async () => {
    const svg = await plotModel(nested(), { showLayerNames: true, showShapes: true, expandNested: true })
    const tags = tagsOf(svg)
    expect(tags.flatMap(({ attributes }) => attributes['data-layer'] ?? []).sort()).toEqual([
      'layer_0',
      'layer_1',
      'layer_2',
      'layer_3',
      'layer_4',
      'layer_5',
    ])
    const texts = tags.filter(({ name }) => name === 'text').map(({ text }) => text)
    expect(texts).toEqual(
      expect.arrayContaining(['in &quot;1&quot; (Sequential)', 'Output shape', '(None, 3, 2)']),
    )
  })

  test('says which layers have weights, and whether they are trained', async () => {
    const frozen = Dense(2, { name: 'frozen' })
    frozen.trainable = false
    const model = Sequential([Input([4, 3]), Bidirectional(LSTM(2)), frozen])
    const texts = tagsOf(await plotModel(model, { showTrainable: true })).flatMap(({ name, text }) =>
      name === 'text' ? [text] : [],
    )
    expect(texts).toEqual(['InputLayer', 'Bidirectional', 'Trainable', 'yes', 'Dense', 'Trainable', 'no'])
  })

  test('takes names as texts, whatever they are', async () => {
    const names = [
      '</text><script>alert(1)</script>',
      '" onload="alert(1)',
      "']]><!--&lt;",
      '\u0000\u001b\ud800\uffff\u202e',
      'x'.repeat(5000),
      '名'.repeat(80),
    ]
    const model = Sequential([Input([2]), ...names.map((name) => Dense(2, { name }))], { name: names[0]! })
    const svg = await plotModel(model, { showLayerNames: true })
    const tags = tagsOf(svg)
    expect(new Set(tags.map(({ name }) => name))).toEqual(new Set(['svg', 'g', 'rect', 'path', 'text']))
    expect(
      tags.flatMap(({ attributes }) => Object.keys(attributes)).filter((key) => /^on/.test(key)),
    ).toEqual([])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML must not have
    expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f\ud800-\udfff\ufffe\uffff\u202a-\u202e]/u)
    expect(svg.length).toBeLessThan(20_000)
  })

  test('is not asked for of more boxes than can be laid out', async () => {
    const model = Sequential([Input([1]), ...Array.from({ length: 1000 }, () => Dense(1))])
    await expectError(
      () => plotModel(model),
      "plotModel: expected at most 1000 boxes in a picture, got 1001. Write { format: 'dot' }, which Graphviz draws.",
    )
  })
})

test('texts are cut where they are too long', () => {
  expect(linesWithin('[(None, 4), (None, 4)] and more', 12)).toEqual([
    '[(None, 4),',
    '(None, 4)]',
    'and more',
  ])
  expect(linesWithin('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
  expect(linesWithin('', 3)).toEqual([])
  expect(widthOf('iii', 10)).toBeLessThan(widthOf('WWW', 10) / 4)
  expect(widthOf('名', 10)).toBe(10)
})

test('every arrow is between boxes, and every box is on one', async () => {
  for (const name of goldenNames.filter((_, i) => i % 4 === 0)) {
    const model = await loadModel(goldenCase(name).modelBytes)
    const text = await plotModel(model, { format: 'mermaid', expandNested: true })
    const boxes = [...text.matchAll(/^ +(layer_\d+)\[/gm)].map(([, id]) => id)
    const ends = [...text.matchAll(/^ +(layer_\d+) --> (layer_\d+)$/gm)].flatMap(([, from, to]) => [from, to])
    expect(new Set(ends), name).toEqual(new Set(boxes))
    const drawn = tagsOf(await plotModel(model, { expandNested: true }))
    expect(
      new Set(drawn.flatMap(({ attributes }) => attributes['data-layer'] ?? [])).size,
    ).toBeGreaterThanOrEqual(boxes.length)
  }
})

describe('where a plot is written', () => {
  const written: [string, string][] = []
  const to = (bytes: Uint8Array, name: string): void => {
    written.push([name, new TextDecoder().decode(bytes)])
  }
  beforeAll(() => {
    written.length = 0
  })

  test('it is what is returned', async () => {
    const svg = await plotModel(nested(), { toFile: to })
    expect(written).toEqual([['model.svg', svg]])
  })

  test('the ending says the format', async () => {
    await expectError(
      () => plotModel(nested(), { toFile: 'model.png' }),
      'plotModel: expected a name that ends in .svg, .dot, .gv, .mmd or .mermaid, got "model.png". Write .svg; or write .dot, and let Graphviz make it: dot -Tpng model.dot.',
    )
  })
})

test('what cannot be plotted is refused', async () => {
  await expectError(
    () => plotModel(nested(), { format: untyped('png') }),
    `plotModel: expected format to be one of 'svg', 'mermaid', 'dot', got "png".`,
  )
  await expectError(() => plotModel(untyped(null)), 'plotModel: expected a model, got null.')
})
