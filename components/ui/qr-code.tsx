'use client'

import { QRCodeSVG } from 'qrcode.react'

export type QrCodeProps = {
  value: string
  /** What scanning does: "QR code: open this request in your wallet". */
  label: string
  /** Edge in CSS pixels, quiet zone included; at least 240. */
  size?: number
}

/** Black on white also in the dark, with the quiet zone that scanners need. */
export function QrCode({ value, label, size = 264 }: QrCodeProps) {
  return (
    <div className="inline-block max-w-full rounded-md border border-line bg-white">
      <QRCodeSVG
        value={value}
        size={Math.max(240, size)}
        marginSize={4}
        level="M"
        bgColor="#ffffff"
        fgColor="#000000"
        role="img"
        aria-label={label}
        className="block h-auto max-w-full rounded-md"
      />
    </div>
  )
}
