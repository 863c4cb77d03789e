import classes from "./skeleton.module.css";

/** Lines where a list will be, before it is known. */
export const ListSkeleton = () => <div className={classes.list} aria-hidden />;
