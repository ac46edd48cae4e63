// The width of an element in CSS pixels, kept up to date: charts are drawn for the available space.
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** @returns a ref for the element and its content width; 0 until it is measured */
export function useWidth<T extends HTMLElement>(): [RefObject<T | null>, number] {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(Math.floor(element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
