// Mantine in the colours and sizes of tokens.css.
import { createTheme } from '@mantine/core';

export const theme = createTheme({
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-mono)',
  primaryColor: 'dark',
  defaultRadius: 'sm',
  respectReducedMotion: true,
  cursorType: 'pointer',
});
