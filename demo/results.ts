// The score and the list of predictions, as tables.

import { create } from './dom.ts'
import { rowsOf, type Task } from './problem.ts'

/** Fills `score` and `list`; dashes stand where nothing is predicted yet. */
export function showResults(
  { score, list }: { score: HTMLElement; list: HTMLElement },
  task: Task,
  predictions: readonly number[] | null,
): void {
  const { caption, rows, note } = task.score(predictions ?? [])
  score.replaceChildren(
    create(
      'table',
      { className: 'score' },
      create('caption', {}, caption),
      create(
        'tbody',
        {},
        ...rows.map(({ label, value, isModel }) => {
          const row = create('tr', {}, create('th', { scope: 'row' }, label), cell(known(value)))
          row.classList.toggle('is-model', isModel)
          return row
        }),
      ),
    ),
    ...(note ? [create('p', { className: 'note' }, note)] : []),
  )
  const head = [task.truth.position, 'Truth', 'Predicted'].map((text) => create('th', { scope: 'col' }, text))
  const body = rowsOf(task, predictions ?? []).map(({ position, truth, prediction }) => {
    const predicted = cell(known(prediction))
    predicted.dataset.prediction = predictions ? prediction : ''
    return create('tr', {}, create('th', { scope: 'row' }, position), cell(truth), predicted)
  })
  list.replaceChildren(
    create(
      'table',
      { className: 'predictions' },
      create('thead', {}, create('tr', {}, ...head)),
      create('tbody', {}, ...body),
    ),
  )
}

const cell = (text: string): HTMLTableCellElement => create('td', {}, text)

const known = (text: string): string => (text === 'NaN' ? '–' : text)
