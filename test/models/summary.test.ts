// renderSummary against what Keras 3.16 printed for the golden models, to the character.
import { readFileSync } from 'node:fs'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import {
  clearSession,
  Dense,
  Dropout,
  Input,
  Model,
  Sequential,
  type SummaryOptions,
  type SymbolicTensor,
} from '../../src/index.ts'
import { formatShape, formatShapes, renderSummary, type SummaryRow } from '../../src/models/summary.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'

interface LayerConfig {
  readonly class_name: string
  readonly config: { readonly name: string }
  readonly inbound_nodes?: unknown
}

interface ModelConfig {
  readonly class_name: string
  readonly config: { readonly name: string; readonly layers: readonly LayerConfig[] }
}

// Classes that Keras exports by another name, which files have.
const CLASSES: Readonly<Record<string, string>> = { GroupQueryAttention: 'GroupedQueryAttention' }

// Names, classes and connections come from the model's config; shapes, whose words wrapping leaves whole, and
// counts are read back from the text.
function parse(text: string, model: Uint8Array): Parameters<typeof renderSummary>[0] {
  const entry = unzipSync(model)['config.json'] ?? new Uint8Array()
  const { class_name, config }: ModelConfig = JSON.parse(strFromU8(entry))
  const functional = text.includes('Connected to')
  const cells = tableCells(text)
  const rows = config.layers
    .filter((layer) => class_name !== 'Sequential' || layer.class_name !== 'InputLayer')
    .map((layer, index): SummaryRow => {
      const [, outputShape = '', params = ''] = cells[index] ?? []
      const connectedTo = functional ? connections(layer.inbound_nodes) : []
      const { name } = layer.config
      return {
        name,
        className: CLASSES[layer.class_name] ?? layer.class_name,
        outputShape,
        params: Number(params.replaceAll(',', '')),
        connectedTo,
      }
    })
  const total = (label: string) => {
    const count = text.match(new RegExp(`^ ${label} params: ([\\d,]+)`, 'm'))?.[1]?.replaceAll(',', '')
    return count === undefined ? null : Number(count)
  }
  const totals = {
    trainable: total('Trainable') ?? 0,
    nonTrainable: total('Non-trainable') ?? 0,
    optimizer: total('Optimizer'),
  }
  return { name: config.name, functional, rows, totals }
}

const EXPANDED = `Model: "sequential_1"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━┳━━━━━━━┓
┃ Layer (type)                  ┃ Output Shape           ┃     Param # ┃ Trai… ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━╇━━━━━━━┩
│ deep (Functional)             │ (None, 2)              │           8 │   N   │
├───────────────────────────────┼────────────────────────┼─────────────┼───────┤
│    └ input_layer (InputLayer) │ (None, 3)              │           0 │   -   │
├───────────────────────────────┼────────────────────────┼─────────────┼───────┤
│    └ sequential (Sequential)  │ (None, 2)              │           8 │   N   │
├───────────────────────────────┼────────────────────────┼─────────────┼───────┤
│       └ dense (Dense)         │ (None, 2)              │           8 │   N   │
├───────────────────────────────┼────────────────────────┼─────────────┼───────┤
│       └ dropout (Dropout)     │ (None, 2)              │           0 │   -   │
├───────────────────────────────┼────────────────────────┼─────────────┼───────┤
│ dense_1 (Dense)               │ (None, 1)              │           3 │   Y   │
└───────────────────────────────┴────────────────────────┴─────────────┴───────┘
 Total params: 11 (44.00 B)
 Trainable params: 3 (12.00 B)
 Non-trainable params: 8 (32.00 B)`

// The texts of each row's cells, unwrapped.
function tableCells(text: string): string[][] {
  const body = text.slice(text.indexOf('┩') + 2, text.indexOf('└') - 1)
  return body.split(/\n├.*\n/).map((row) => {
    const lines = row.split('\n').map((line) => line.slice(1, -1).split('│'))
    const width = lines[0]?.length ?? 0
    return Array.from({ length: width }, (_, column) =>
      lines
        .map((line) => line[column]?.trim())
        .join(' ')
        .trim(),
    )
  })
}

// lstm[0][1] of every tensor in a layer's inbound nodes, in order.
function connections(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(connections)
  if (typeof node !== 'object' || node === null) return []
  if ('keras_history' in node && Array.isArray(node.keras_history)) {
    const [name, nodeIndex, tensorIndex] = node.keras_history
    return [`${name}[${nodeIndex}][${tensorIndex}]`]
  }
  return Object.values(node).flatMap(connections)
}

test.each(goldenNames)('%s', (name) => {
  const { summary, modelBytes } = goldenCase(name)
  expect(renderSummary(parse(summary, modelBytes))).toBe(summary)
})

// Its words are too long for their columns, which only the rows themselves can tell.
test('attention, whose names end in ellipses', () => {
  const row = (
    name: string,
    className: string,
    outputShape: string,
    params: number,
    ...connectedTo: string[]
  ) => {
    return { name, className, outputShape, params, connectedTo }
  }
  const rows = [
    row('input_layer', 'InputLayer', '(None, 6, 3)', 0),
    row('lstm', 'LSTM', '(None, 6, 6)', 240, 'input_layer[0][0]'),
    row('multi_head_attention', 'MultiHeadAttention', '(None, 6, 6)', 222, 'lstm[0][0]', 'lstm[0][0]'),
    row('add', 'Add', '(None, 6, 6)', 0, 'lstm[0][0]', 'multi_head_attention[0][0]'),
    row('layer_normalization', 'LayerNormalization', '(None, 6, 6)', 12, 'add[0][0]'),
    row('global_average_pooling1d', 'GlobalAveragePooling1D', '(None, 6)', 0, 'layer_normalization[0][0]'),
    row('dense', 'Dense', '(None, 1)', 7, 'global_average_pooling1d[0][0]'),
  ]
  const totals = { trainable: 481, nonTrainable: 0, optimizer: 964 }
  const expected = readFileSync(new URL('./summaries/attention.txt', import.meta.url), 'utf8')
  expect(renderSummary({ name: 'functional', functional: true, rows, totals })).toBe(expected)
})

describe('options', () => {
  const summaryOf = (options: SummaryOptions): string => {
    clearSession()
    const inner = Sequential([Input([3]), Dense(2), Dropout(0.5)])
    const deep = Model(inner.input as SymbolicTensor, inner(inner.input as SymbolicTensor), { name: 'deep' })
    deep.trainable = false
    const model = Sequential([Input([3]), deep, Dense(1)])
    let text = ''
    model.summary({ ...options, printFn: (printed) => (text += printed) })
    return text
  }

  test('layers of models inside follow them, indented, and a column says which are trained', () => {
    expect(summaryOf({ expandNested: true, showTrainable: true })).toBe(EXPANDED)
  })

  test('layerRange: names or patterns, in either order', () => {
    const names = (layerRange: [string, string]): string[] =>
      [...summaryOf({ layerRange }).matchAll(/^│ (\w+) \(/gm)].map(([, name]) => name ?? '')
    expect(names(['deep', 'deep'])).toEqual(['deep'])
    expect(names(['d', 'dense'])).toEqual(['deep', 'dense_1'])
    expect(names(['dense_1', 'deep'])).toEqual(['deep', 'dense_1'])
    expect(() => names(['none', 'deep'])).toThrow(
      'Model "sequential_1".summary: expected layerRange as two of deep, dense_1, got ["none", "deep"].',
    )
    expect(() => names(['(', 'deep'])).toThrow('expected layerRange as two of')
  })

  test('positions', () => {
    const [first = ''] = summaryOf({ positions: [0.5, 0.75, 1], lineLength: 60 })
      .split('\n')
      .slice(1)
    expect(first.split('┳').map(({ length }) => length)).toEqual([30, 13, 15])
    expect(() => summaryOf({ positions: [0.5, 1] })).toThrow(
      'summary: expected lineLength and positions to leave room for 3 columns, got 80 and [0.5, 1].',
    )
  })
})

describe('a short line', () => {
  const model = {
    name: 'functional',
    functional: true,
    rows: [
      {
        name: 'lstm',
        className: 'LSTM',
        outputShape: '[(None, 5), (None, 5)]',
        params: 180,
        connectedTo: ['input_layer[0][0]'],
      },
      { name: 'a', className: 'A', outputShape: '?', params: '0 (unbuilt)', connectedTo: [] },
    ],
    totals: { trainable: 0, nonTrainable: 0, optimizer: null },
  }

  test('wraps the head as well', () => {
    expect(renderSummary(model, { lineLength: 44 })).toBe(`Model: "functional"
┏━━━━━━━━━━━━┳━━━━━━━━━━┳━━━━━━┳━━━━━━━━━━━┓
┃ Layer      ┃ Output   ┃ Par… ┃ Connected ┃
┃ (type)     ┃ Shape    ┃    # ┃ to        ┃
┡━━━━━━━━━━━━╇━━━━━━━━━━╇━━━━━━╇━━━━━━━━━━━┩
│ lstm       │ [(None,  │  180 │ input_la… │
│ (LSTM)     │ 5),      │      │           │
│            │ (None,   │      │           │
│            │ 5)]      │      │           │
├────────────┼──────────┼──────┼───────────┤
│ a (A)      │ ?        │    0 │ -         │
│            │          │ (un… │           │
└────────────┴──────────┴──────┴───────────┘
 Total params: 0 (0.00 B)
 Trainable params: 0 (0.00 B)
 Non-trainable params: 0 (0.00 B)
`)
  })

  test('is an error where a column would vanish', () => {
    expect(() => renderSummary(model, { lineLength: 20 })).toThrow(
      'summary: expected lineLength and positions to leave room for 4 columns, got 20 and [0.3, 0.56, 0.74, 1].',
    )
    expect(() => renderSummary(model, { lineLength: 0 })).toThrow(
      'summary: expected lineLength and positions to leave room for 4 columns, got 0 and [0.3, 0.56, 0.74, 1].',
    )
  })
})

test('shapes are written as Python writes tuples', () => {
  expect(formatShape([null, 11, 3])).toBe('(None, 11, 3)')
  expect(formatShape([])).toBe('()')
  expect(formatShapes([[null, 8]])).toBe('(None, 8)')
  expect(
    formatShapes([
      [null, 5],
      [null, 5],
    ]),
  ).toBe('[(None, 5), (None, 5)]')
})
