// Pictures of the lab page, each with its text.

import type { Point } from "./decode.ts";

const MARGIN = 20;
const SVG = "http://www.w3.org/2000/svg";

/** Draws a path as large as fits, and says in words what it shows. */
export function drawPath(canvas: HTMLCanvasElement, points: Point[]): string {
  const context = canvas.getContext("2d");
  if (!context || points.length < 2) return "The last batch has no movement.";
  const [left, right] = ends(points.map(({ x }) => x));
  const [top, bottom] = ends(points.map(({ y }) => y));
  const scale = Math.min((canvas.width - 2 * MARGIN) / (right - left || 1), (canvas.height - 2 * MARGIN) / (bottom - top || 1));
  const at = ({ x, y }: Point): [number, number] => [MARGIN + (x - left) * scale, MARGIN + (y - top) * scale];
  const { color } = getComputedStyle(canvas);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const point of points) context.lineTo(...at(point));
  context.stroke();
  for (const point of points) {
    const [x, y] = at(point);
    context.beginPath();
    context.arc(x, y, point.pressed ? 5 : 2, 0, 2 * Math.PI);
    context.fill();
  }
  const length = points.reduce((sum, point, place) => sum + (place ? Math.hypot(point.x - points[place - 1].x, point.y - points[place - 1].y) : 0), 0);
  return `${points.length} points over ${Math.round(length)} pixels, in a box of ${right - left} by ${bottom - top}.`;
}

/** A bar for a range and a mark for a value beside it, on a scale that shows both. */
export function drawRange(value: number, low: number, high: number): SVGElement {
  const [from, to] = ends([value, low, high]);
  const at = (one: number): number => 5 + (90 * (one - from)) / (to - from || 1);
  const picture = made("svg", { viewBox: "0 0 100 12", preserveAspectRatio: "none", role: "img" });
  const where = value < low ? "below" : value > high ? "above" : "within";
  picture.setAttribute("aria-label", `${where} the range`);
  picture.append(made("rect", { x: at(low), y: 3, width: at(high) - at(low), height: 6 }), made("line", { x1: at(value), x2: at(value), y1: 0, y2: 12 }));
  return picture;
}

function made(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

function ends(values: number[]): [number, number] {
  return values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity] as [number, number]);
}
