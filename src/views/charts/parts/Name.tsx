// A name that users give (of a task, a feature, a class) in a cell of a table that keeps its other words on one line: one of a
// hundred letters takes several lines, and a name from right to left does not turn what stands beside it.
import classes from './parts.module.css';

export const Name = ({ children }: { children: string }) => <bdi className={classes.name}>{children}</bdi>;
