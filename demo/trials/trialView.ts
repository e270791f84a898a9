// What the views of trials share: a figure with a field to type in, and answers given one at a time.

import type { LayersModel } from 'recurra'
import { create } from '../dom.ts'
import type { Trial } from '../trial.ts'
import { makeReadingView } from './readingView.ts'
import { makeWritingView } from './writingView.ts'

export interface TrialView {
  /** Takes a model that has learned nothing, in the place of the one before, of which `detach` was told. */
  attach(model: LayersModel): void
  /** Gives up the answer under way and disposes of what was made for the model; resolves before the model may be disposed of. */
  detach(): Promise<void>
  /** Shows what the model can do after some epochs. */
  watch(epochs: number): Promise<void>
}

export const makeTrialView = (figure: HTMLElement, trial: Trial): TrialView =>
  trial.kind === 'reading' ? makeReadingView(figure, trial) : makeWritingView(figure, trial)

/** A labelled field for a text that the model can read, with a place below for what is wrong with it. */
export function makeTextField({ label, maxLength, refuse }: Trial, value: string) {
  const input = create('input', { type: 'text', value, maxLength, autocomplete: 'off', spellcheck: false })
  const refusal = create('p', { className: 'refusal', id: 'trial-refusal' })
  refusal.setAttribute('role', 'alert')
  input.setAttribute('aria-describedby', refusal.id)
  const check = (): string | null => {
    const reason = refuse(input.value)
    refusal.textContent = reason ?? ''
    input.setAttribute('aria-invalid', String(reason !== null))
    return reason === null ? input.value : null
  }
  return {
    input,
    labelled: create('label', { className: 'field' }, create('span', {}, label), input),
    refusal,
    /** The text if the model can read it; else null, and the reason is shown. */
    check,
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
