using Zephyr.Kernel;
using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks.Tests
{
    public class LiveTests
    {
        private readonly List<string> _seen = [];
        private readonly SteppedClock _clock = new();

        [Fact]
        public void Updates_faster_than_five_a_second_are_not_sent()
        {
            using var live = Live.Show("start", Record, _clock);
            for (var i = 1; i <= 100; i++)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(10));
                live.Update(i);
            }

            Assert.Equal(["shown start", "20", "40", "60", "80", "100"], _seen);
        }

        [Fact]
        public void A_slow_picture_is_drawn_for_a_twentieth_of_the_time()
        {
            Action<object> SlowHost(object shown) => value =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                _seen.Add($"{value}");
            };
            var live = Live.Show("start", SlowHost, _clock);
            for (var i = 1; i <= 45; i++)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                live.Update(i);
            }

            Assert.Equal(["2", "21", "40"], _seen); // 100 ms of drawing, then 1,900 ms without
        }

        [Fact]
        public void The_last_update_is_sent_at_the_end()
        {
            using (var live = Live.Show("start", Record, _clock))
            {
                live.Update("middle");
                live.Update("end");
            }

            Assert.Equal(["shown start", "end"], _seen);
        }

        [Fact]
        public void Nothing_new_is_not_sent_twice()
        {
            using (var live = Live.Show("start", Record, _clock))
            {
                _clock.Advance(Live.Interval);
                live.Update("end");
            }

            Assert.Equal(["shown start", "end"], _seen);
        }

        [Fact]
        public void A_watched_loop_shows_what_its_body_did_last()
        {
            var chart = new LossChart();
            foreach (var step in Live.Watch(Enumerable.Range(1, 1000), chart, Record, _clock, CancellationToken.None))
            {
                chart.Add(step, 1.0 / step);
                _clock.Advance(TimeSpan.FromMilliseconds(1));
            }

            Assert.Equal(1 + 5 + 1, _seen.Count); // shown, every 200 ms of the second, and the end
            Assert.EndsWith("training: from 1 to 0.001 at step 1000", _seen[^1], StringComparison.Ordinal);
        }

        [Fact]
        public void A_loop_left_by_break_still_shows_its_last_state()
        {
            var chart = new LossChart();
            foreach (var step in Live.Watch(Enumerable.Range(1, 1000), chart, Record, _clock, CancellationToken.None))
            {
                chart.Add(step, step);
                if (step == 3)
                {
                    break;
                }
            }

            Assert.EndsWith("training: from 1 to 3 at step 3", _seen[^1], StringComparison.Ordinal);
        }

        [Fact]
        public void The_kernel_is_found_by_name_and_its_stop_is_obeyed()
        {
            using var stop = new CancellationTokenSource();
            CellDisplay.Begin(stop.Token);
            var done = 0;

            Assert.Throws<OperationCanceledException>(() =>
            {
                foreach (var step in Live.Watch(Enumerable.Range(1, 10), new Chart("Loss")))
                {
                    done = step;
                    if (step == 2)
                    {
                        stop.Cancel();
                    }
                }
            });

            Assert.Equal(2, done);
            Assert.Equal(["show Loss", "update Loss"], CellDisplay.Seen);
        }

        [Fact]
        public void Without_a_host_only_the_last_state_is_written_when_the_loop_is_fast()
        {
            using var console = new StringWriter();
            var chart = new LossChart();
            foreach (var step in Live.Watch(Enumerable.Range(1, 50), chart, LiveHost.OnConsole(console), _clock, CancellationToken.None))
            {
                chart.Add(step, step);
            }

            Assert.Equal(chart + Environment.NewLine, console.ToString());
        }

        private Action<object> Record(object value)
        {
            _seen.Add("shown " + value);
            return update => _seen.Add(update.ToString()!);
        }

        private sealed class SteppedClock : TimeProvider
        {
            private long _ticks;

            public override long TimestampFrequency => TimeSpan.TicksPerSecond;

            public override long GetTimestamp() => _ticks;

            public void Advance(TimeSpan time) => _ticks += time.Ticks;
        }
    }
}

namespace Zephyr.Kernel
{
    /// <summary>Stands in for the kernel, under the kernel's name.</summary>
    public static class CellDisplay
    {
        public static List<string> Seen { get; } = [];

        public static CancellationToken Cancelled { get; private set; }

        public static void Begin(CancellationToken cancelled)
        {
            Seen.Clear();
            Cancelled = cancelled;
        }

        public static object Show(object value)
        {
            Seen.Add("show " + value);
            return new Handle(Seen);
        }

        private sealed class Handle(List<string> seen)
        {
            public void Update(object value) => seen.Add("update " + value);
        }
    }
}
