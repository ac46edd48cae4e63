// Starts the page: fonts, styles, the engine, React.
import './views/theme/fonts.css';
import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/Paper.css';
import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Slider.css';
import '@mantine/core/styles/Switch.css';
import '@mantine/core/styles/InlineInput.css';
import '@mantine/core/styles/Tooltip.css';
import '@mantine/core/styles/UnstyledButton.css';
import './views/theme/tokens.css';
import './views/theme/global.css';
import './views/theme/print.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { boot } from './store/store.ts';
import { App } from './views/App.tsx';
import { ErrorBoundary } from './views/shell/ErrorBoundary.tsx';
import { theme } from './views/theme/mantine.ts';
import { preparePaper } from './views/theme/paper.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;

boot();
preparePaper();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce ?? ''}>
      <ErrorBoundary
        what="The page"
        action={{
          label: 'Open without what the link says',
          onClick: () => {
            history.replaceState(null, '', location.pathname);
            location.reload();
          },
        }}
      >
        <App />
      </ErrorBoundary>
    </MantineProvider>
  </StrictMode>,
);
