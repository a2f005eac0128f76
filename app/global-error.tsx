'use client'

import { ErrorMessage, type ErrorMessageProps } from '@/components/shell/error-message'
import './globals.css'

// Stands in for the root layout too, so it brings its own document.
export default function GlobalErrorPage(props: ErrorMessageProps) {
  return (
    <html lang="en">
      <head>
        <title>Something went wrong · Countersign</title>
      </head>
      <body>
        <ErrorMessage {...props} />
      </body>
    </html>
  )
}
