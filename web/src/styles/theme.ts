import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#fafafa',
  '#f2f2f2',
  '#e6e6e6',
  '#d2d2d2',
  '#a6a6a6',
  '#737373',
  '#525252',
  '#333333',
  '#171717',
  '#0a0a0a',
];
const accent: MantineColorsTuple = [
  '#eef3ff',
  '#dbe5ff',
  '#b6c8ff',
  '#8ea9ff',
  '#6c8dfb',
  '#4a70f3',
  '#2f55e0',
  '#2343bd',
  '#1d3798',
  '#182d7a',
];
const dark: MantineColorsTuple = [
  '#fafafa',
  '#c9c9c9',
  '#a3a3a3',
  '#7d7d7d',
  '#3d3d3d',
  '#2b2b2b',
  '#1f1f1f',
  '#121212',
  '#0d0d0d',
  '#0a0a0a',
];

/** Ink on paper. What Mantine writes into a page at run time stands in theme.css instead, made from this file. */
export const theme = createTheme({
  colors: { ink, accent, dark },
  primaryColor: 'ink',
  primaryShade: { light: 9, dark: 0 },
  autoContrast: true,
  luminanceThreshold: 0.4,
  // Contrast is computed against one shade, and this ink turns over in the dark: bound to variables, it follows.
  variantColorResolver: (input) => {
    const usual = defaultVariantColorsResolver(input);
    if (input.variant !== 'filled' || (input.color !== undefined && input.color !== 'ink')) return usual;
    return {
      ...usual,
      background: 'var(--ink)',
      hover: 'var(--ink2)',
      color: 'var(--bg)',
      border: '1px solid transparent',
    };
  },
  defaultRadius: 8,
  black: '#0a0a0a',
  fontFamily: "'Inter Variable', 'Inter Fallback', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: { fontWeight: '600' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', size: 34 } },
    // Two required marks say the same thing: the word stands in the label, see ui/form.
    Input: { defaultProps: { size: 'md' } },
    InputWrapper: { defaultProps: { size: 'md', withAsterisk: false } },
  },
});

/** Where Mantine's own colours miss the contrast of WCAG AA on our paper. */
export const ours = {
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#0a0a0a',
    '--mantine-color-dimmed': '#5c5c5c',
    '--mantine-color-placeholder': '#6f6f6f',
    '--mantine-color-error': '#b42318',
    '--mantine-color-default-border': '#d0d0d0',
    '--mantine-color-default-hover': '#f5f5f5',
    '--mantine-color-anchor': '#2343bd',
  },
  dark: {
    '--mantine-color-body': '#0b0b0b',
    '--mantine-color-text': '#f5f5f5',
    '--mantine-color-dimmed': '#a3a3a3',
    '--mantine-color-placeholder': '#8f8f8f',
    '--mantine-color-error': '#ff9087',
    '--mantine-color-default': '#141414',
    '--mantine-color-default-border': '#3a3a3a',
    '--mantine-color-default-hover': '#1e1e1e',
    '--mantine-color-anchor': '#8ea9ff',
  },
};
