"""Writes the files of this folder with pandas 3.0, pyarrow 25, h5py 3.16 and NumPy 2.4: one table in the formats of those tools."""
import json

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

r, n = np.random.default_rng(0), 60
df=pd.DataFrame({'i8':r.integers(-5,5,n).astype('int8'),'i64':r.integers(0,2**40,n),'f32':r.normal(size=n).astype('float32'),'f64':r.normal(size=n),
 'b':r.random(n)<.5,'s':r.choice(['red','blue','green "x"','a,b'],n),'d':pd.date_range('2020-01-01',periods=n,freq='36h'),'c':pd.Categorical(r.choice(['lo','hi'],n))})
df.loc[3,'f64']=np.nan; df.loc[[4,7],'s']=None; df.loc[5,'d']=pd.NaT
df['ni']=pd.array([None if i%7==0 else i for i in range(n)],dtype='Int64')
t=pa.Table.from_pandas(df,preserve_index=False)
for c in ['snappy','gzip','zstd','lz4','none','brotli']: parquet.write_table(t,f't_{c}.parquet',compression=c)
parquet.write_table(t,'t_groups.parquet',row_group_size=17,data_page_version='2.0')
feather.write_feather(t,'t_lz4.feather',compression='lz4'); feather.write_feather(t,'t_zstd.feather',compression='zstd'); feather.write_feather(t,'t_plain.feather',compression='uncompressed')
with pa.ipc.new_stream('t.arrows',t.schema) as w: w.write_table(t,max_chunksize=13)
with pa.ipc.new_file('t.arrow',t.schema) as w: w.write_table(t,max_chunksize=13)
df.to_json('t.json',orient='records',date_format='iso'); df.to_json('t.jsonl',orient='records',lines=True,date_format='iso'); df.to_json('t_split.json',orient='split',date_format='iso'); df.to_json('t_columns.json',orient='columns',date_format='iso')
df.to_csv('t.csv',index=False)
num=df[['i8','f32','f64']].to_numpy()
np.save('m.npy',num); np.savez('t.npz',f64=df.f64,i64=df.i64,b=df.b,s=df.s.fillna('').to_numpy(dtype=str),m=num); np.savez_compressed('tc.npz',f64=df.f64,i8=df.i8)
np.save('f.npy',np.asfortranarray(num)); np.save('r.npy',df[['i8','f64','f32']].to_records(index=False)); np.save('be.npy',num.astype('>f4')); np.save('f16.npy',num.astype('f2'))
np.save('obj.npy',np.array(['a',None],dtype=object)); np.save('d3.npy',np.zeros((2,3,4))); np.save('v.npy',df.f64.to_numpy())
def h5(p,sizes={'train':60,'val':20,'test':20},cat=True):
    with h5py.File(p,'w') as f:
        for g,m in sizes.items():
            G=f.create_group(g)
            if cat: G['features_categorical']=r.integers(0,4,(m,2))
            G['features_numerical']=r.normal(size=(m,3)).astype('float32')
            G['y1']=r.normal(size=m).astype('float32'); G['y2']=r.integers(0,2,m); G['y3']=r.integers(0,4,(m,1))
h5('ref.h5'); h5('ref_nocat.hdf5',cat=False)
with h5py.File('other.h5','w') as f: f['data']=np.zeros((4,2))
with h5py.File('ragged.h5','w') as f:
    for g in ['train','val','test']:
        G=f.create_group(g); G['features_numerical']=np.zeros((5,2)); G['y']=np.zeros(4)
with h5py.File('half.h5','w',libver='latest') as f:
    for g,x,y in [('train',[[1.5,-2],[65504,6e-8],[np.nan,.1]],[0,1,0]),('val',[[3,4]],[1]),('test',[[np.inf,-.0]],[0])]:
        G=f.create_group(g); G['features_numerical']=np.array(x,dtype='>f2'); G['y']=np.array(y,dtype='<f2')
open('expected.json','w').write(json.dumps({k:(None if df[k].dtype==object else None) for k in df}))
exp={}
for k in df:
    s=df[k]
    if str(s.dtype) in('bool','category','object','str','string'): exp[k]={'missing':int(s.isna().sum()),'distinct':int(s.nunique())}
    elif k=='d': exp[k]={'missing':int(s.isna().sum()),'distinct':int(s.nunique()),'min':str(s.min()),'max':str(s.max())}
    else: exp[k]={'missing':int(s.isna().sum()),'distinct':int(s.nunique()),'min':float(s.min()),'max':float(s.max()),'mean':float(s.astype(float).mean())}
json.dump(exp,open('expected.json','w'))
with h5py.File('ref.h5') as f: json.dump({g:{k:f[g][k][()].tolist() for k in f[g]} for g in f},open('ref.json','w'))
parquet.write_table(pa.table({'x':pa.array([1,2,None]),'none':pa.nulls(3),'bytes':pa.array([b'a',b'\xff',None])}),'nulls_lz4.parquet',compression='lz4',store_schema=False)
