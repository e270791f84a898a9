// Errors of addresses whose server has answered, of texts that are none, and of folders. Loaded when one is thrown.

import { fail } from '../errors.ts'

/** What helps where a path is a folder. */
export const FOR_FOLDER =
  'Give the path of a .keras file. A folder may be a SavedModel of TensorFlow: load it in Keras 2 (pip install tf_keras), ' +
  'save it as model.h5, load that in Keras 3 and save it as model.keras.'

/** Throws for JSON in the place of an address. */
export const failJson = (where: string): never =>
  fail(where, {
    expected: 'bytes, a URL or a path',
    got: 'JSON',
    remedy: 'modelFromJSON(text) makes a model of what toJSON wrote.',
  })

/** Throws for an answer that is no file. */
export function failStatus(where: string, { status, statusText, url }: Response): never {
  const remedies = [
    { statuses: [404, 410], remedy: 'Check the address: the server has no such file.' },
    {
      statuses: [401, 403],
      remedy: 'The server gives it only to those who may: fetch it, and give its bytes.',
    },
  ]
  return fail(where, {
    expected: `a file at ${url}`,
    got: `status ${status}${statusText && ` (${statusText})`}`,
    remedy: remedies.find(({ statuses }) => statuses.includes(status))?.remedy,
  })
}
