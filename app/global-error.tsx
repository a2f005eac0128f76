'use client'

import { ErrorMessage, type ErrorMessageProps, type ErrorWords } from '@/components/shell/error-message'
import './globals.css'

// The catalogue comes through the root layout, which is what failed; so these words are English.
const WORDS: ErrorWords = {
  title: 'Something went wrong on our side',
  body: 'The page could not be shown. Try again; if it stays like this, send us the error id.',
  awayTitle: 'The database does not answer',
  awayBody: 'Nothing that you confirmed is lost. This page keeps trying and comes back by itself.',
  again: 'Try again',
  start: 'Go to the start page',
  requestId: 'Request id',
  errorId: 'Error id',
}

// Stands in for the root layout too, so it brings its own document.
export default function GlobalErrorPage({ error, retry }: Omit<ErrorMessageProps, 'words'>) {
  return (
    <html lang="en">
      <head>
        <title>Something went wrong · Countersign</title>
      </head>
      <body>
        <ErrorMessage error={error} retry={retry} words={WORDS} />
      </body>
    </html>
  )
}
