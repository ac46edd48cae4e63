// Notices above the charts, the gravest first.
import { EngineNotice, InsecureNotice, RecoveryNotice, SilenceNotice } from './EngineNotices.tsx';
import { CannotRunNotice, OpenedNotice, SourceNotice } from './ExperimentNotices.tsx';
import { KeepingNotice, StorageNotice, UnfinishedNotice, VersionNotice } from './KeepingNotices.tsx';

export function Notices() {
  return (
    <>
      <EngineNotice />
      <SilenceNotice />
      <RecoveryNotice />
      <InsecureNotice />
      <SourceNotice />
      <CannotRunNotice />
      <OpenedNotice />
      <UnfinishedNotice />
      <StorageNotice />
      <KeepingNotice />
      <VersionNotice />
    </>
  );
}
