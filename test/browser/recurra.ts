// The package, as the server gives it to pages: what tests import in a page of their own.

export * from 'recurra'
export { arrayToImg, imgToArray } from 'recurra/data'
