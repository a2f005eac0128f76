/** Ends of an import that have a screen of their own. */
export const IMPORT_REFUSALS = [
  'import-token-unknown',
  'import-token-expired',
  'disposition-cancelled',
  'already-imported',
  'importer-not-initiator',
] as const
export type ImportRefusal = (typeof IMPORT_REFUSALS)[number]

export type ImportOutcome = { id: string } | { refused: ImportRefusal }
