'use client'

import { type ChangeEvent, useEffect, useState } from 'react'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { LOGO_LIMIT_BYTES } from '@/lib/applications/schema'

/** Chooses an image and shows it before it is sent. One that is too large is said so at once, not after the upload. */
export function LogoField({ error, hint }: { error?: string[]; hint?: string }) {
  const [preview, setPreview] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => () => void (preview && URL.revokeObjectURL(preview)), [preview])

  function choose(event: ChangeEvent<HTMLInputElement>) {
    const file = event.target.files?.[0]
    const tooLarge = file !== undefined && file.size > LOGO_LIMIT_BYTES
    if (tooLarge) event.target.value = ''
    setProblem(tooLarge ? 'Choose an image of 512 KiB or less.' : null)
    setPreview(file && !tooLarge ? URL.createObjectURL(file) : null)
  }

  return (
    <div className="flex items-start gap-4">
      <Field
        name="logo"
        label="Logo"
        note="optional"
        hint={hint ?? 'PNG, JPEG or WebP, 512 KiB or less. Account owners see it when they are asked.'}
        error={problem ? [problem] : error}
        className="min-w-0 flex-1"
      >
        <Input
          type="file"
          accept="image/png,image/jpeg,image/webp"
          onChange={choose}
          className="cursor-pointer bg-surface p-1.5 file:mr-3 file:cursor-pointer file:rounded-sm file:border file:border-line-strong file:bg-surface file:px-3 file:py-1 file:font-medium file:text-ink read-only:bg-surface"
        />
      </Field>
      {preview ? (
        // biome-ignore lint/performance/noImgElement: a file of this browser's own
        <img
          src={preview}
          alt="The logo you chose"
          width={64}
          height={64}
          className="mt-6 size-16 shrink-0 rounded-md border border-line bg-white object-contain"
        />
      ) : null}
    </div>
  )
}
